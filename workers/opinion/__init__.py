"""A learned second opinion on who stands how toward whom, for sentences that no frame decides."""
