"""Everything between an order and its picture, over fakes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from deepstory.accounts.service import AccountService
from deepstory.accounts.sessions import SessionService
from deepstory.ids import RandomBytes
from deepstory.model_server.auditing import ModelAuditor
from deepstory.model_server.entities import Mode
from deepstory.model_server.operations import ModelOperations
from deepstory.model_server.schedules import ModelScheduleService
from deepstory.model_server.switching import ModelSwitch
from deepstory.pictures.dispatch import Dispatcher
from deepstory.pictures.entities import Picture
from deepstory.pictures.faults import MODEL_FAILED, Fault
from deepstory.pictures.finishing import Finisher
from deepstory.pictures.orders import PictureOrder, PictureOrders
from deepstory.pictures.progress import ProgressReader
from deepstory.pictures.prompts import BundledPromptWriter
from deepstory.pictures.service import PictureService
from fakes.accounts import FakePasswords, MemorySessionRepository, MemoryUserRepository
from fakes.core import (
    CountedRandom,
    FixedClock,
    MemoryLimitRepository,
    fake_ids,
    fake_keys,
)
from fakes.model_server import (
    IDLE_MINUTES,
    FakeControl,
    FakeHost,
    MemoryModelScheduleRepository,
    MemoryModelServerRepository,
    fake_model_server,
    seen,
)
from fakes.pictures import (
    LOCATION,
    FakeEndpoint,
    MemoryModelOutput,
    MemoryPictureFiles,
    MemoryPictureRepository,
    an_image,
)
from fakes.stats import FakeVisits

PER_DAY = 5
CONCURRENCY = 2


class Studio:
    """The use cases wired as in the Lambdas, with the stores at hand for looking inside."""

    def __init__(self, random_bytes: RandomBytes | None = None) -> None:
        self.clock = FixedClock()
        self.limits = MemoryLimitRepository()
        self.pictures = MemoryPictureRepository(self.limits)
        self.endpoint = FakeEndpoint()
        self.files = MemoryPictureFiles()
        self.output = MemoryModelOutput()
        self.host = FakeHost()
        self.server_store = MemoryModelServerRepository()
        self.server = fake_model_server(self.clock, self.server_store, self.host)
        self.dispatcher = Dispatcher(
            pictures=self.pictures,
            endpoint=self.endpoint,
            model_server=self.server,
            clock=self.clock,
        )
        self.finisher = Finisher(
            pictures=self.pictures,
            files=self.files,
            output=self.output,
            model_server=self.server,
            dispatcher=self.dispatcher,
            clock=self.clock,
        )
        self.auditor = ModelAuditor(fake_ids(self.clock))
        self.schedule_store = MemoryModelScheduleRepository(self.server_store.audit)
        self.schedules = ModelScheduleService(
            repository=self.schedule_store,
            auditor=self.auditor,
            clock=self.clock,
            zone="Asia/Seoul",
            idle_minutes=IDLE_MINUTES,
        )
        self.switcher = ModelSwitch(
            server=self.server,
            schedules=self.schedules,
            host=self.host,
            pictures=self.pictures,
            auditor=self.auditor,
            clock=self.clock,
        )
        self.operations = ModelOperations(
            model_server=self.server,
            switch=self.switcher,
            schedules=self.schedules,
            dispatcher=self.dispatcher,
            pictures=self.pictures,
            clock=self.clock,
            instance_type="ml.g6.xlarge",
        )
        self.model_control = FakeControl(lambda: self.operations)
        self.ids = fake_ids(self.clock)
        accounts = self._accounts()
        self.service = PictureService(
            pictures=self.pictures,
            accounts=accounts,
            progress=ProgressReader(
                pictures=self.pictures,
                model_server=self.server,
                clock=self.clock,
                concurrency=CONCURRENCY,
            ),
            files=self.files,
            clock=self.clock,
        )
        self.orders = PictureOrders(
            pictures=self.pictures,
            gallery=self.service,
            accounts=accounts,
            writer=BundledPromptWriter(),
            clock=self.clock,
            ids=self.ids,
            per_day=PER_DAY,
            random_bytes=random_bytes or CountedRandom(),
        )

    def order(self, **order: Any) -> Picture:
        """Ask for one picture as the user of the studio."""
        order = {"prompt": "a house"} | order
        return self.orders.order(owner_id=self.user_id, order=PictureOrder(**order))[0]

    def dispatch(self, *pictures: Picture) -> int:
        """Do what the stream worker does."""
        return self.dispatcher.dispatch(picture_ids=[picture.picture_id for picture in pictures])

    def stored(self, picture: Picture) -> Picture:
        found = self.pictures.get(picture.picture_id)
        assert found is not None
        return found

    def complete(self, picture: Picture, content: bytes | None = None) -> None:
        """Do what the notification of a drawn picture does."""
        self.output.objects[LOCATION] = an_image() if content is None else content
        self.tell_complete(picture)

    def tell_complete(self, picture: Picture) -> None:
        known = self.pictures.get(picture.picture_id)
        self.finisher.complete(
            picture_id=picture.picture_id,
            location=LOCATION,
            received_at=(known and known.sent_at) or self.clock.now(),
            finished_at=self.clock.now(),
        )

    def fail(self, picture: Picture, fault: Fault = MODEL_FAILED, **times: Any) -> None:
        """Do what the notification of a failure does."""
        self.finisher.fail(
            picture_id=picture.picture_id,
            fault=fault,
            received_at=times.get("received_at", self.clock.now()),
            location=times.get("location"),
        )

    def switch(self, mode: Mode) -> None:
        self.switcher.switch(mode=mode, by="admin")

    def make_ready(self, instances: int = 1) -> None:
        """Have the endpoint run, and know it."""
        self.host.observation = seen("ready", instances)
        self.server.look(age=timedelta(0))

    def _accounts(self) -> AccountService:
        sessions = MemorySessionRepository()
        users = MemoryUserRepository(sessions)
        passwords = FakePasswords()
        session_service = SessionService(
            users=users,
            sessions=sessions,
            limits=self.limits,
            passwords=passwords,
            visits=FakeVisits(),
            keys=fake_keys(self.clock),
            clock=self.clock,
            ids=self.ids,
        )
        accounts = AccountService(
            users=users,
            sessions=sessions,
            session_service=session_service,
            limits=self.limits,
            passwords=passwords,
            clock=self.clock,
            ids=self.ids,
        )
        user, _ = accounts.sign_up(
            email="mina@example.com",
            password="correct horse",
            name="미나",
            birth_date=date(1995, 5, 5),
            gender="female",
            language="ko",
            timezone="Asia/Seoul",
        )
        self.user_id = user.user_id
        return accounts
