"""An interpreter of classic BPF, as far as seccomp filters use it: what the kernel would answer to a system call."""

import struct

from gatewright.functions.sandbox.seccomp import Instruction

ALLOW = 0x7FFF0000
KILL = 0x80000000


def errno(number: int) -> int:
    return 0x00050000 | number


def answer(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Run a filter on one call and return its verdict. Fails for a jump out of the program."""
    instructions = [Instruction(*struct.unpack_from("=HBBI", program, at)) for at in range(0, len(program), 8)]
    values = [*arguments, *(0,) * (6 - len(arguments))]
    call = struct.pack("=IIQ6Q", number, architecture, 0, *values)
    accumulator = 0
    counter = 0
    while True:
        step = instructions[counter]
        counter += 1
        if step.code == 0x20:
            assert step.operand % 4 == 0
            (accumulator,) = struct.unpack_from("=I", call, step.operand)
        elif step.code == 0x06:
            return step.operand
        else:
            holds = {
                0x15: accumulator == step.operand,
                0x25: accumulator > step.operand,
                0x35: accumulator >= step.operand,
                0x45: bool(accumulator & step.operand),
            }[step.code]
            counter += step.jump_true if holds else step.jump_false
