"""What a master says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Callable, Optional

from .. import _tenure
from .._arguments import Payload, optional_text, payload, text
from ..errors import InvalidInputError

if TYPE_CHECKING:
    from typing_extensions import Self


class MasterInfo:
    """The ``MasterInfo`` of a Mesos master: the payload of its znode. It never changes.

    ``==`` compares everything; :meth:`is_same` compares as Mesos does. Any thread may use it. It can be
    hashed, copied and pickled.

    >>> from tenure.mesos import MasterInfo
    >>> info = MasterInfo(id="3f0f2b7e", address="10.0.0.1:5050", hostname="m1", version="1.12.0")
    >>> info.pid
    'master@10.0.0.1:5050'
    >>> MasterInfo.decode("json.info", info.json()) == info
    True
    """

    __slots__ = ("_native",)

    _native: _tenure.MasterInfo

    def __init__(
        self,
        *,
        id: str,
        address: str,
        hostname: str,
        version: str,
        region: Optional[str] = None,
        zone: Optional[str] = None,
        capabilities: Iterable[str] = (),
    ) -> None:
        """The ``MasterInfo`` of a master, with every field that a reader of Mesos's znodes relies on.

        Args:
            id: unique for each start of the master: ``str(uuid.uuid4())``, for example.
            address: where it listens, ``IPv4:PORT``.
            hostname: its host name, or the IP address.
            version: its version, such as ``1.12.0``.
            region: the region of its fault domain; ``None`` for none. Region and zone belong together.
            zone: the zone of its fault domain.
            capabilities: some of ``AGENT_UPDATE``, ``AGENT_DRAINING`` and ``QUOTA_V2``.

        Raises:
            InvalidInputError: an argument cannot be: an empty one, or an address without a port.
        """
        if (region is None) != (zone is None):
            raise InvalidInputError("a fault domain has a region and a zone: give both, or neither")
        domain = (
            None if region is None or zone is None else (text("region", region), text("zone", zone))
        )
        if domain is not None and "" in domain:
            raise InvalidInputError("region and zone must not be empty; None is for none")
        if isinstance(capabilities, (str, bytes)):
            raise TypeError("capabilities must be a sequence of str, such as ['QUOTA_V2']")
        native = _tenure.MasterInfo(
            text("id", id),
            text("address", address),
            text("hostname", hostname),
            text("version", version),
            domain,
            [text("capabilities", name) for name in capabilities],
        )
        object.__setattr__(self, "_native", native)

    @classmethod
    def _of(cls, native: _tenure.MasterInfo) -> Self:
        info = cls.__new__(cls)
        object.__setattr__(info, "_native", native)
        return info

    @classmethod
    def decode(cls, label: Optional[str], data: Payload) -> Self:
        """Reads the payload of a member, by its label.

        Args:
            label: ``json.info`` for JSON, ``info`` for protobuf, ``None`` for the oldest form,
                ``master@IP:PORT``.
            data: the payload.

        Raises:
            InvalidInputError: the label is none of Mesos's, or the payload cannot be read: the message
                names the field and the rule.
        """
        native = _tenure.MasterInfo.decode(optional_text("label", label), payload("data", data))
        return cls._of(native)

    @property
    def id(self) -> str:
        """Unique for each start of the master."""
        return self._native.id

    @property
    def address(self) -> str:
        """The address from which its messages come, ``IP:PORT``: roles compare senders by it."""
        return self._native.address

    @property
    def ip(self) -> str:
        """The IPv4 address; ``0.0.0.0`` where only a host name or an IPv6 address is known."""
        return self._native.ip

    @property
    def host(self) -> str:
        """The host to reach it at: its host name, or else its IP address."""
        return self._native.host

    @property
    def port(self) -> int:
        """The TCP port to reach it at."""
        return self._native.port

    @property
    def hostname(self) -> Optional[str]:
        """The host name."""
        return self._native.hostname

    @property
    def version(self) -> Optional[str]:
        """The version of the master, such as ``1.12.0``."""
        return self._native.version

    @property
    def pid(self) -> Optional[str]:
        """The address for messages, ``master@IP:PORT``."""
        return self._native.pid

    @property
    def region(self) -> Optional[str]:
        """The region of its fault domain."""
        return self._native.region

    @property
    def zone(self) -> Optional[str]:
        """The zone of its fault domain."""
        return self._native.zone

    @property
    def capabilities(self) -> tuple[str, ...]:
        """The names of its capabilities, as far as they are known here."""
        return tuple(self._native.capabilities)

    def json(self) -> str:
        """The JSON, byte for byte as a Mesos master writes it."""
        return self._native.json()

    def is_same(self, other: MasterInfo) -> bool:
        """Whether Mesos takes the two for the same master.

        It compares id, IP address, port, PID, host name, version and domain, and not the capabilities.
        Because of the id, a master that was started again is another one.
        """
        return self._native.is_same(info("other", other)._native)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a MasterInfo never changes: make another one to set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a MasterInfo never changes: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self._native == other._native if isinstance(other, MasterInfo) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._native.json())

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[..., MasterInfo], tuple[str, bytes]]:
        return type(self).decode, self._native.source()

    def __repr__(self) -> str:
        return f"<tenure.mesos.MasterInfo {self.id!r:.60} at {self.address!r:.60}>"


def info(name: str, value: MasterInfo) -> MasterInfo:
    """The ``MasterInfo``, if it is one."""
    if not isinstance(value, MasterInfo):
        raise TypeError(f"{name} must be a tenure.mesos.MasterInfo, not {type(value).__name__}")
    return value
