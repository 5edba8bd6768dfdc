class ImageError(Exception):
    """The image can't be built, or does not keep the container's contract; the message says how."""
