"""Who may call the server that asks for keys, and how often."""

KEYS = {"alice": "key-of-alice-0123456789", "bob": "key-of-bob-0123456789", "carol": "key-of-carol-0123456789"}
REQUESTS_PER_MINUTE = 60
