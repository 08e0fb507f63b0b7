"""The reader of rank tables: what it tells of a good one, and how it words what is wrong with others."""

import copy
import json

import pytest

from ms_gan.runtime.ascend.rank_table import RankedDevice, read_rank_table
from tests.refusals import refused

GOOD = {
    "version": "1.0",
    "server_count": "2",
    "server_list": [
        {
            "server_id": "10.0.0.1",
            "device": [
                {"device_id": "5", "device_ip": "192.168.1.6", "rank_id": "1"},
                {"device_id": "4", "device_ip": "192.168.2.6", "rank_id": "0"},
            ],
            "host_nic_ip": "reserve",
        },
        {"server_id": "10.0.0.2", "device": [{"device_id": 0, "device_ip": "192.168.3.6", "rank_id": 2}]},
    ],
    "status": "completed",
}


@pytest.fixture
def read(tmp_path):
    def write_and_read(table):
        path = tmp_path / "hccl.json"
        path.write_text(table if isinstance(table, str) else json.dumps(table))
        return read_rank_table(path)

    return write_and_read


def changed(key_path, value):
    """GOOD with another value in one place; ... takes the key away."""
    table = copy.deepcopy(GOOD)
    *way, last = key_path
    place = table
    for key in way:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return table


def test_workers_and_this_servers_devices_by_rank(read):
    table = read(GOOD)
    assert table.workers == 3
    assert table.devices_of(["node1", "10.0.0.1"]) == (RankedDevice(4, 0), RankedDevice(5, 1))
    assert table.devices_of(["10.0.0.2"]) == (RankedDevice(0, 2),)
    with refused(code="missing", says=r"\(node3\); it lists 10.0.0.1, 10.0.0.2"):
        table.devices_of(["node3"])


def test_the_only_server_is_this_one_whatever_its_name(read):
    alone = {"server_list": [{"server_id": "a", "device": [{"device_id": "3", "rank_id": "0"}]}]}
    assert read(alone).devices_of(["127.0.0.1"]) == (RankedDevice(3, 0),)


FIRST = ("server_list", 0, "device", 0)


@pytest.mark.parametrize(
    "table, says",
    [
        ("{", "the rank table is not JSON"),
        ([GOOD], "an object with the key server_list"),
        (changed(["server_list"], ...), "the table has no server_list"),
        (changed(["server_list"], []), "server_list of the table is []; it should be a list of at least one"),
        (changed(["status"], "initializing"), "status is 'initializing', so that the table is not complete yet"),
        (changed(["server_count"], "3"), "server_count is 3, but server_list holds 2"),
        (changed(["server_list", 1, "server_id"], "10.0.0.1"), "server_id 10.0.0.1 appears more than once"),
        (changed(["server_list", 1, "server_id"], 7), "server_list[1].server_id is 7"),
        (changed(["server_list", 1, "device"], {}), "device of server_list[1] is {}; it should be a list"),
        (changed([*FIRST, "rank_id"], ...), "server_list[0].device[0] has no rank_id"),
        (changed([*FIRST, "rank_id"], "-1"), "server_list[0].device[0].rank_id is '-1'; it should be a whole number"),
        (changed([*FIRST, "rank_id"], "2"), "rank_id 2 appears more than once"),
        (changed([*FIRST, "rank_id"], "3"), "rank_id 1 is missing; 3 devices have the ranks 0 to 2"),
        (changed([*FIRST, "device_id"], "4"), "server_list[0]: device_id 4 appears more than once"),
        (changed([*FIRST, "device_id"], True), "device_id is True"),
    ],
)
def test_faults_are_named_with_their_place(read, table, says):
    with refused(code="malformed") as error:
        read(table)
    assert says in str(error.value) and "hccl.json: " in str(error.value)


def test_a_missing_file(tmp_path):
    with refused(code="unreadable"):
        read_rank_table(tmp_path / "none.json")
