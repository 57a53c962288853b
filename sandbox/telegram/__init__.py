"""A local Telegram: the Bot API over HTTP, and a page to chat in. For trials and tests."""
