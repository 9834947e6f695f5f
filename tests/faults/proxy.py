"""A proxy between dmig and PostgreSQL's socket, which knows where a message of the client begins: at
the n-th one it does what it is told to, before or after the server gets it."""

import os
import pathlib
import socket
import struct
import tempfile
import threading


class Proxy:
    """`act` is called once, at the `at`-th message of all connections together (from 1). With `before`
    the server has not got that message yet. What `act` gives says what then happens: "cut" both ends,
    anything else: go on."""

    def __init__(self, server, at=0, before=True, act=None):
        self.server, self.at, self.before, self.act = str(server), at, before, act
        self.messages, self.lock, self.sockets = 0, threading.Lock(), []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dmig-proxy-"))
        os.chmod(self.folder, 0o755)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        for one in [self.listener, *self.sockets]:
            self.end(one)
        (self.folder / ".s.PGSQL.5432").unlink(missing_ok=True)
        self.folder.rmdir()

    @staticmethod
    def end(one):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.server)
            except OSError:
                self.end(client)
                continue
            self.sockets += [client, server]
            threading.Thread(target=self.answers, args=(server, client), daemon=True).start()
            threading.Thread(target=self.requests, args=(client, server), daemon=True).start()

    def answers(self, server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        self.end(client)
        self.end(server)

    @staticmethod
    def read(client, n):
        data = b""
        while len(data) < n:
            more = client.recv(n - len(data))
            if not more:
                raise OSError("the client is gone")
            data += more
        return data

    def is_the_one(self):
        with self.lock:
            self.messages += 1
            return self.messages == self.at

    def requests(self, client, server):
        try:
            started = False
            while True:
                # The first message has no letter; questions about encryption come before it.
                head = self.read(client, 5) if started else self.read(client, 4)
                length = struct.unpack("!I", head[-4:])[0]
                message = head + self.read(client, length - 4)
                if not started:
                    started = struct.unpack("!I", message[4:8])[0] >> 16 == 3
                    server.sendall(message)
                    continue
                hit = message[:1] in b"QPSX" and self.is_the_one()
                if hit and self.before and self.act() == "cut":
                    break
                server.sendall(message)
                if hit and not self.before and self.act() == "cut":
                    break
        except OSError:
            pass
        self.end(client)
        self.end(server)
