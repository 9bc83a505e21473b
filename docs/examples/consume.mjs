// Each signal at least once, with a consumer group. `node consume.mjs URL` needs the package `redis` (5 or 6).
import { createClient } from "redis";

const STREAM = "stancewire:signals:v1", GROUP = "node-desk", NAME = "one";
const url = process.argv[2] ?? "redis://localhost:6379";
const client = createClient(url.startsWith("unix://") ? { socket: { path: url.slice(7) } } : { url });
await client.connect();
await client.xGroupCreate(STREAM, GROUP, "0", { MKSTREAM: true }).catch((error) => {
  if (!error.message.includes("BUSYGROUP")) throw error;
});

let after = "0"; // first what this consumer took and did not finish, then what is new
for (;;) {
  const options = after === ">" ? { COUNT: 100, BLOCK: 1000 } : { COUNT: 100 };
  const streams = await client.xReadGroup(GROUP, NAME, { key: STREAM, id: after }, options);
  const entries = streams?.[0]?.messages ?? [];
  for (const { id, message } of entries) {
    // An entry that was taken off the stream before it was finished has no fields any more.
    if (message?.data) handle(JSON.parse(message.data), message);
    await client.xAck(STREAM, GROUP, id);
  }
  if (after === "0" && entries.length === 0) after = ">";
}

function handle(signal, event) {
  const { by, toward, value } =
    signal.kind === "stance" ? { by: signal.holder.name, toward: signal.target.name, value: signal.polarity }
    : signal.kind === "interference"
      ? { by: signal.actor.name, toward: (signal.target ?? signal.event)?.name, value: signal.status }
      : { by: "revised", toward: signal.article.title, value: signal.change };
  console.log(`${event.time} ${by} ${value} ${toward ?? "-"} | ${signal.evidence?.text ?? signal.reason}`);
}
