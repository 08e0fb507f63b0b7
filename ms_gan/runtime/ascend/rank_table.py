"""Rank tables: the JSON in which launchers before `msrun` told every process of a job on Ascends its place in it.

MindSpore takes the file from the variable RANK_TABLE_FILE (or MINDSPORE_HCCL_CONFIG_PATH), which it has deprecated
since 2.4. Version 1.0 of the format:

    {"version": "1.0", "status": "completed", "server_count": "1", "server_list": [
        {"server_id": "10.0.0.1", "device": [
            {"device_id": "0", "device_ip": "192.168.1.6", "rank_id": "0"},
            {"device_id": "1", "device_ip": "192.168.2.6", "rank_id": "1"}]}]}
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Sequence, Tuple

from ms_gan.errors import UsageError

TABLE_BYTES = 64 << 20  # ten thousand devices take one million


@dataclass(frozen=True)
class RankedDevice:
    """One NPU of a job: its number on its server, and its rank in the job."""

    number: int
    rank: int


@dataclass(frozen=True)
class RankTable:
    """A job's place on its servers.

    Attributes:
        workers: processes of the job, one an NPU.
        servers: each server's name, mostly its address, with its NPUs by rank.
    """

    workers: int
    servers: Tuple[Tuple[str, Tuple[RankedDevice, ...]], ...]

    def devices_of(self, names: Sequence[str]) -> Tuple[RankedDevice, ...]:
        """The NPUs of this server.

        Args:
            names: by which this server may go in the table: its addresses and its name.

        Raises:
            UsageError: the table has no such server, or several.
        """
        found = [devices for name, devices in self.servers if name in names]
        if len(found) == 1 or len(self.servers) == 1:
            return found[0] if found else self.servers[0][1]
        several = "more than one server" if found else "no server"
        listed = ", ".join(name for name, _ in self.servers)
        raise UsageError(
            f"the rank table has {several} with a name of this one ({', '.join(names)}); it lists {listed}: set its"
            " server_id to this server's address",
            code="missing",
        )


def read_rank_table(path: Path) -> RankTable:
    """Read and check a rank table.

    Raises:
        UsageError: the file cannot be read or is no rank table; says where in it and what should stand there.
    """
    try:
        if path.stat().st_size > TABLE_BYTES:
            raise UsageError(f"{path}: too large for a rank table; allowed: {TABLE_BYTES:,} bytes", code="malformed")
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: the rank table cannot be read ({error.strerror})", code="unreadable") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: the rank table is not JSON ({error})", code="malformed") from None
    try:
        return _checked(table)
    except _Fault as fault:
        raise UsageError(
            f"{path}: {fault}; a launcher such as hccl_tools writes it, or start with msrun instead", code="malformed"
        ) from None


class _Fault(Exception):
    """What is wrong in a table, and where."""


def _checked(table: Any) -> RankTable:
    if not isinstance(table, dict):
        raise _Fault("a rank table is an object with the key server_list")
    status = table.get("status", "completed")
    if status != "completed":
        raise _Fault(f"status is {status!r}, so that the table is not complete yet; it should be 'completed'")
    listed = _items(table, "server_list", "the table")
    count = _number(table, "server_count", "the table") if "server_count" in table else len(listed)
    if count != len(listed):
        raise _Fault(f"server_count is {count}, but server_list holds {len(listed)}")
    servers = tuple(_server(entry, f"server_list[{i}]") for i, entry in enumerate(listed))
    names = [name for name, _ in servers]
    repeated = _repeated(names)
    if repeated is not None:
        raise _Fault(f"server_id {repeated} appears more than once")
    ranks = sorted(device.rank for _, devices in servers for device in devices)
    repeated = _repeated(ranks)
    if repeated is not None:
        raise _Fault(f"rank_id {repeated} appears more than once; each device needs its own")
    if ranks[-1] != len(ranks) - 1:
        missing = min(set(range(len(ranks))) - set(ranks))
        raise _Fault(f"rank_id {missing} is missing; {len(ranks)} devices have the ranks 0 to {len(ranks) - 1}")
    return RankTable(len(ranks), servers)


def _server(entry: Any, where: str) -> Tuple[str, Tuple[RankedDevice, ...]]:
    name = _field(entry, "server_id", where)
    if not isinstance(name, str) or not name:
        raise _Fault(f"{where}.server_id is {name!r}; it should be the server's address")
    devices = []
    for i, device in enumerate(_items(entry, "device", where)):
        at = f"{where}.device[{i}]"
        devices.append(RankedDevice(_number(device, "device_id", at), _number(device, "rank_id", at)))
    repeated = _repeated([device.number for device in devices])
    if repeated is not None:
        raise _Fault(f"{where}: device_id {repeated} appears more than once")
    return name, tuple(sorted(devices, key=lambda device: device.rank))


def _field(entry: Any, key: str, where: str) -> Any:
    if not isinstance(entry, dict) or key not in entry:
        raise _Fault(f"{where} has no {key}")
    return entry[key]


def _items(entry: Any, key: str, where: str) -> list:
    items = _field(entry, key, where)
    if not isinstance(items, list) or not items:
        raise _Fault(f"{key} of {where} is {items!r}; it should be a list of at least one")
    return items


def _number(entry: Any, key: str, where: str) -> int:
    """A whole number from 0, which the format writes as text."""
    value = _field(entry, key, where)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).isdecimal():
        raise _Fault(f"{where}.{key} is {value!r}; it should be a whole number, 0 or more")
    return int(value)


def _repeated(values: Sequence[Any]) -> Optional[Any]:
    """The first value that stands there twice, or None."""
    seen = set()
    return next((value for value in values if value in seen or seen.add(value)), None)
