# To pin the base image: docker buildx imagetools inspect python:3.13-slim, then write python:3.13-slim@sha256:... twice.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/stancewire
# The packages change less often than the code, so they come first. With Russian, French and the second opinion:
# docker build --build-arg LOCK=requirements-all.lock
ARG LOCK=requirements.lock
COPY ${LOCK} ./
RUN /opt/stancewire/bin/pip install --require-hashes -r "${LOCK}"
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY stancewire stancewire
COPY services services
COPY workers workers
COPY config config
COPY seeds seeds
# What only builds a wheel stays out of the image, as does pip.
RUN /opt/stancewire/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/stancewire/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/stancewire/bin/pip uninstall --yes hatchling editables trove-classifiers pluggy pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="stancewire" \
    org.opencontainers.image.description="Reads news feeds and says who takes what stance toward whom, with the sentence that proves it" \
    org.opencontainers.image.source="https://github.com/stancewire/stancewire" \
    org.opencontainers.image.documentation="https://github.com/stancewire/stancewire#readme" \
    org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 stancewire \
    && useradd --uid 10001 --gid stancewire --no-create-home --home-dir /data --shell /usr/sbin/nologin stancewire \
    && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/stancewire /opt/stancewire
ENV PATH=/opt/stancewire/bin:$PATH \
    HOME=/data \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STANCEWIRE_DATA_DIR=/data \
    STANCEWIRE_HEALTH__HOST=0.0.0.0 \
    STANCEWIRE_HEALTH__PORT=8790
USER 10001:10001
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8790
STOPSIGNAL SIGTERM
# Whether the process lives; whether it can do its work is /readyz, which a restart would not repair.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['STANCEWIRE_HEALTH__PORT'] + '/livez', timeout=4)"]
ENTRYPOINT ["stancewire"]
CMD ["up"]
