"""Who may call the server that asks for keys, and how often; the model that others serve, and the key to it."""

KEYS = {"alice": "key-of-alice-0123456789", "bob": "key-of-bob-0123456789", "carol": "key-of-carol-0123456789"}
REQUESTS_PER_MINUTE = 60

MODEL, MODEL_KEY = "the-model", "sk-of-the-model-0123456789"
