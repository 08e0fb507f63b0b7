"""What a format is read with."""


def from_file(path, read):
    """Reads a content by way of a file."""

    def consume(content):
        path.write_bytes(content)
        return read()

    return consume
