"""The commands: parse, call, print what a person needs."""
