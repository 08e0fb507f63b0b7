from benchmarks import machine

CPUINFO = """\
processor\t: 0
model name\t: AMD EPYC 7B13
flags\t\t: fpu sse4_2 avx2 fma avx512f avx512_vnni

processor\t: 1
model name\t: AMD EPYC 7B13
flags\t\t: fpu sse4_2 avx2 fma avx512f avx512_vnni
"""


def test_the_processor_is_named_with_its_instruction_sets():
    found = machine.described(CPUINFO, 2, ["numpy 1.26.4"])
    assert found == "machine: AMD EPYC 7B13, 2 cores, sse4_2 avx2 fma avx512f avx512_vnni; numpy 1.26.4"


def test_a_machine_that_tells_nothing_is_described_all_the_same(capsys):
    assert machine.described("", 1, ["numpy 1"]).endswith(", 1 core, instruction sets not known; numpy 1")
    machine.announce()
    assert capsys.readouterr().out.startswith("machine: ") and "numpy" in machine.described("", 1, ["numpy 1"])
