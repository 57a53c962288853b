"""The forms of the bot, a module an area: what is asked, how it is checked, what is saved."""
