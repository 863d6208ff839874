#!/usr/bin/python3
# subprocess, threading, asyncio, sqlite3, files, signals, multiprocessing.
# storm: 120
import asyncio, hashlib, json, os, queue, re, signal, socket, sqlite3, struct, subprocess, sys, tempfile, threading, time
print(subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 4"], capture_output=True))
p = subprocess.Popen(["sort", "-n"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(p.communicate("3\n1\n2\n")[0].split(), p.returncode)
try:
    subprocess.run(["sleep", "5"], timeout=0.2)
except subprocess.TimeoutExpired as e:
    print("timed out")
try:
    subprocess.run(["/no/such/program"])
except FileNotFoundError as e:
    print("errno", e.errno)

q, done = queue.Queue(), []
def worker():
    while (n := q.get()) is not None:
        done.append(n * n)
        q.task_done()
threads = [threading.Thread(target=worker) for _ in range(6)]
[t.start() for t in threads]
for i in range(200): q.put(i)
q.join()
for _ in threads: q.put(None)
[t.join() for t in threads]
print(sum(done))
event = threading.Event()
threading.Timer(0.05, event.set).start()
print(event.wait(5), event.wait(0))

async def tick(n):
    await asyncio.sleep(0.01 * n)
    return n
async def serve():
    async def handle(r, w):
        w.write((await r.readline()).upper())
        await w.drain()
        w.close()
    server = await asyncio.start_unix_server(handle, "/tmp/sock")
    async def ask(i):
        r, w = await asyncio.open_unix_connection("/tmp/sock")
        w.write(f"question {i}\n".encode())
        line = await r.readline()
        w.close()
        return line
    print(await asyncio.gather(*[ask(i) for i in range(5)]))
    server.close()
    print(await asyncio.gather(*map(tick, range(5))))
    p = await asyncio.create_subprocess_exec("seq", "3", stdout=asyncio.subprocess.PIPE)
    print((await p.communicate())[0])
    try:
        await asyncio.wait_for(asyncio.sleep(9), 0.05)
    except asyncio.TimeoutError:
        print("async timeout")
asyncio.run(serve())

db = sqlite3.connect("/tmp/db")
db.execute("pragma journal_mode=wal")
db.execute("create table t(id integer primary key, name text)")
with db: db.executemany("insert into t(name) values (?)", [(f"n{i}",) for i in range(500)])
print(db.execute("select count(*), max(name), sum(id) from t where name like 'n1%'").fetchone())
try:
    with db:
        db.execute("delete from t")
        raise KeyError
except KeyError: pass
print(db.execute("select count(*) from t").fetchone())
db.close()

hits = []
signal.signal(signal.SIGALRM, lambda *a: hits.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
while len(hits) < 3: time.sleep(0.01)
signal.setitimer(signal.ITIMER_REAL, 0)
print("alarms", len(hits) >= 3)
r, w = os.pipe()
if os.fork() == 0:
    os.write(w, struct.pack("<I", os.getppid()))
    os._exit(3)
print(struct.unpack("<I", os.read(r, 4))[0] == os.getpid(), os.waitstatus_to_exitcode(os.wait()[1]))
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "f")
    with open(path, "w+b") as f:
        f.write(os.urandom(100000))
        f.seek(0)
        a = hashlib.sha256(f.read()).digest()
    print(a == hashlib.sha256(open(path, "rb").read()).digest(), os.stat(path).st_size)
print(json.dumps({"b": [1, 2.5, None], "a": "ü"}, sort_keys=True), re.findall(r"\d+", "a1b22"), sys.version_info[:2])
from multiprocessing import Pool
def square(x): return x * x
if __name__ == "__main__":
    with Pool(2) as pool: print(pool.map(square, range(10)))
sys.exit(5)
