"""Writes a column of kernels.txt: for which ops the installed MindSpore's plugins register kernels.

    python tests/golden/make_kernels.py

Needs Linux on x86-64, binutils and a C compiler, but no device: the plugins are loaded on stand-ins for the libraries
of CUDA and CANN, in which every function returns 0, and their registries are read from memory once they are filled.

GPU: the factory of the GPU plugin; its few kernels of an older kind (Stack) register where nothing can read them.
Ascend: the factory of aclnn kernels, and the table of ops that are handed to CANN's compiler by CANN's own names.
"""

import ctypes
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Set, Tuple

import mindspore  # not only for its folder: the plugins lean on the libraries that it loads

TABLE = Path(__file__).with_name("kernels.txt")
LIB = Path(mindspore.__file__).parent / "lib"
PLUGIN = LIB / "plugin"
OURS = (LIB, PLUGIN, PLUGIN / "ascend")
SYSTEM = (Path("/lib/x86_64-linux-gnu"), Path("/usr/lib64"), Path("/lib64"))
GPU = [PLUGIN / "libmindspore_gpu.so.11.6"]
ASCEND = [
    PLUGIN / "ascend/libmindspore_ascend_res_manager.so",
    PLUGIN / "libmindspore_ops_ascend.so",
    PLUGIN / "ascend/libmindspore_graph_ir.so",
]
# Large libraries of MindSpore that register nothing and may be stood in for as well.
SPARED = {"libcuda_ops.so.11", "libd_collective.so"}
FACTORIES = "_ZN9mindspore6kernel11FactoryBase3MapEv"
ADAPTERS = "_ZN9mindspore6device6ascend12OpAdapterMap3getEv"
# An initialiser of CANN's headers inserts into the std::map that this function returns.
STATUS = "_ZN2ge13StatusFactory8InstanceEv"
EMPTY_MAP = "static void *map[6]; void *%s(void) { if (!map[3]) map[3] = map[4] = map + 1; return map; }"


def main() -> int:
    """Read the registries, each in a process of its own, and write the column."""
    if sys.argv[1:]:
        print(*sorted({"GPU": gpu_kernels, "Ascend": ascend_kernels}[sys.argv[1]]()))
        return 0
    found = {device: set(_run(sys.executable, __file__, device).split()) for device in ("GPU", "Ascend")}
    write_column(mindspore.__version__, found)
    return 0


def gpu_kernels() -> Set[str]:
    load(GPU)
    return factory("18NativeGpuKernelMod")


def ascend_kernels() -> Set[str]:
    load(ASCEND)
    return factory("14AclnnKernelMod") | set(keys_of_hash_map(call(ASCEND[1], ADAPTERS)))


def write_column(version: str, found: Dict[str, Set[str]]) -> None:
    """Replace or add a version's column; a cell is GPU, Ascend, both or -."""
    columns = {}
    if TABLE.exists():
        header, *rows = [line.split() for line in TABLE.read_text().splitlines()]
        columns = {name: {row[0]: row[i] for row in rows} for i, name in enumerate(header) if i}
    names = found["GPU"] | found["Ascend"]
    columns[version] = {name: cell([device for device in found if name in found[device]]) for name in names}
    order = sorted(columns, key=lambda name: [int(part) for part in name.split(".")])
    names = sorted(set().union(*columns.values()))
    lines = [["op", *order]] + [[name, *(columns[version].get(name, "-") for version in order)] for name in names]
    TABLE.write_text("\n".join(" ".join(line) for line in lines) + "\n")


def cell(devices: List[str]) -> str:
    return "both" if len(devices) == 2 else devices[0]


# Loading


def load(plugins: Sequence[Path]) -> None:
    """Load plugins of MindSpore on stand-ins for what the machine lacks."""
    functions, libraries = lacking(plugins)
    with tempfile.TemporaryDirectory() as folder:
        for library in stand_ins(functions, libraries, Path(folder)):
            ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    for plugin in plugins:
        ctypes.CDLL(str(plugin), mode=ctypes.RTLD_GLOBAL)


def lacking(plugins: Sequence[Path]) -> Tuple[Set[str], Set[str]]:
    """The symbols and the libraries that plugins, loaded in this order, would not find."""
    functions, libraries, defined = set(), set(), set()
    for plugin in plugins:
        ours, system, missing = closure(plugin)
        libraries |= missing
        for library in ours | system:
            defined |= symbols(library, "--defined-only")
        for library in ours:
            functions |= symbols(library, "--undefined-only") - defined
    return {name for name in functions if not name.startswith(("Py", "_Py"))}, libraries


def closure(plugin: Path) -> Tuple[Set[Path], Set[Path], Set[str]]:
    """MindSpore's libraries that a plugin needs, itself included; the system's; and the names of those not found."""
    ours, system, missing, queue = set(), set(), set(), [plugin]
    while queue:
        library = queue.pop()
        if library in ours:
            continue
        ours.add(library)
        dynamic = _run("readelf", "-d", str(library)).splitlines()
        for name in (line.split("[")[1].split("]")[0] for line in dynamic if "(NEEDED)" in line):
            near = [folder / name for folder in OURS if (folder / name).exists() and name not in SPARED]
            base = [folder / name for folder in SYSTEM if (folder / name).exists()]
            queue += near[:1]
            system.update(base[:1] if not near else [])
            missing.update([name] if not near and not base else [])
    return ours, system, missing


def symbols(library: Path, which: str) -> Set[str]:
    """Names in a library's dynamic symbol table, without the weak ones and their versions."""
    rows = [line.split() for line in _run("nm", "-D", which, str(library)).splitlines()]
    return {row[-1].split("@")[0] for row in rows if row[-2] not in ("w", "v")}


def stand_ins(functions: Set[str], libraries: Set[str], folder: Path) -> Iterator[Path]:
    """Compile a library with every function, and an empty one under each name."""
    lines = [EMPTY_MAP % name if name == STATUS else stand_in(name) for name in sorted(functions)]
    (folder / "all.c").write_text("\n".join(lines))
    (folder / "none.c").write_text("")
    for source, name in [("all.c", "all.so"), *(("none.c", name) for name in libraries)]:
        command = ["cc", "-w", "-shared", "-fPIC", "-fno-builtin", f"-Wl,-soname,{name}", "-o", name, source]
        subprocess.run(command, cwd=folder, check=True)
        yield folder / name


def stand_in(name: str) -> str:
    """C code: a function, or for a table of a class some memory."""
    return f"char {name}[512];" if name.startswith(("_ZTI", "_ZTV", "_ZTS")) else f"void *{name}(void) {{ return 0; }}"


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# Reading C++ containers, as GNU's standard library and MindSpore's robin_hood map lay them out


def factory(name: str) -> Set[str]:
    """The ops of the kernel factory of a class, given by its mangled name."""
    for pair in walk(call(LIB / "libmindspore_hardware_abstract.so", FACTORIES)):
        if text(pair) == f"N9mindspore6kernel{name}E":
            return {text(kernel) for kernel in walk(word(pair + 8) + 8)}  # past the table of virtual functions
    raise SystemExit(f"no factory of {name}")


def call(library: Path, function: str) -> int:
    """The address of what a function without arguments returns a reference to."""
    getter = getattr(ctypes.CDLL(str(library)), function)
    getter.restype = ctypes.c_size_t
    return getter()


def walk(tree: int) -> Iterator[int]:
    """The addresses of the pairs in a std::map."""

    def below(node: int) -> Iterator[int]:
        if node:
            yield from below(word(node + 16))
            yield node + 32
            yield from below(word(node + 24))

    yield from below(word(tree + 16))


def keys_of_hash_map(table: int) -> Iterator[str]:
    """The keys of a robin_hood::unordered_node_map of strings: pointers to pairs, and after them a byte for each."""
    slots, used = word(table + 24), word(table + 32)
    for i in range((used - slots) // 8):
        if ctypes.c_ubyte.from_address(used + i).value:
            yield text(word(slots + 8 * i))


def word(address: int) -> int:
    return ctypes.c_size_t.from_address(address).value


def text(address: int) -> str:
    """A std::string of the old ABI: a pointer to its characters."""
    return ctypes.string_at(word(address)).decode()


if __name__ == "__main__":
    sys.exit(main())
