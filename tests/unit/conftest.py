from support.accounts import world
from support.admins import admin, people
from support.api import api
from support.aws import clients
from support.cases import case
from support.crowd import crowd
from support.exports import desk
from support.pictures import artist
from support.secret_friends import friends
from support.stories import stories

__all__ = [
    "admin",
    "api",
    "artist",
    "case",
    "clients",
    "crowd",
    "desk",
    "friends",
    "people",
    "stories",
    "world",
]
