"""Each line of stdin is a call, made at once: id, tool, arguments. Each of stdout is what came of one."""
import asyncio, json, sys


def say(number, text):
    print(number, json.dumps(text, ensure_ascii=False), sep="\t", flush=True)


async def answer(line, call):
    number, tool, arguments = line.split("\t")
    try:
        text = await call(tool, json.loads(arguments))
    except Exception as problem:
        text = str(problem)
    say(number, text)


async def serve(call, protocol=""):
    say(0, protocol)
    running = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        running.add(asyncio.create_task(answer(line, call)))
    await asyncio.gather(*running)
