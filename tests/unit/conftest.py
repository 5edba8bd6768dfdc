from support.api import api
from support.aws import clients
from support.pictures import artist
from support.stories import stories

__all__ = ["api", "artist", "clients", "stories"]
