"""Every option once, and how options are read: from a command line, YAML and cards; without MindSpore."""
