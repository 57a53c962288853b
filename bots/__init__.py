"""The bot: the door of an ISP's staff, in Telegram."""
