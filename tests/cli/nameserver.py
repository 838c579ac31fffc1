# SPDX-License-Identifier: ISC
"""nsd on a loopback port for tests, and a server before it that is slow, silent or garbled for some names."""
import os, shutil, socket, struct, subprocess, threading, time

NSD = shutil.which('nsd') or shutil.which('nsd', path='/usr/sbin:/sbin')
SOA = '@ 3600 IN SOA ns.test. host.test. 1 3600 600 86400 300\n@ 3600 IN NS ns.test.\n'

def query(name, qtype, ident=1, edns=b''):
    wire = struct.pack('>HHHHHH', ident, 0x0100, 1, 0, 0, 1 if edns else 0)
    for label in [l for l in name.rstrip('.').split('.') if l]:
        wire += bytes([len(label)]) + label.encode()
    return wire + b'\0' + struct.pack('>HH', qtype, 1) + edns

def free_port():
    """A port that is free for UDP and TCP now."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as t, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
            t.bind(('127.0.0.1', 0))
            try:
                u.bind(t.getsockname())
            except OSError:
                continue
            return t.getsockname()[1]
    raise OSError('no free port')

class Nsd:
    """zones: {origin: text or None (a zone without a file: SERVFAIL)}."""
    def __init__(self, folder, zones):
        self.folder, self.port = folder, free_port()
        os.makedirs(folder, exist_ok=True)
        conf = ('server:\n port: %d\n ip-address: 127.0.0.1\n username: ""\n chroot: ""\n zonesdir: "%s"\n database: ""\n'
                ' pidfile: "%s/nsd.pid"\n xfrdfile: "%s/xfrd"\n zonelistfile: "%s/zone.list"\n server-count: 1\n'
                ' logfile: "%s/log"\n hide-version: yes\nremote-control:\n control-enable: no\n') % ((self.port,) + (folder,) * 5)
        for i, (origin, text) in enumerate(zones.items()):
            if text is not None:
                with open('%s/%d.zone' % (folder, i), 'w') as f:
                    f.write(text)
            conf += 'zone:\n name: "%s"\n zonefile: "%d.zone"\n' % (origin, i)
        with open(folder + '/nsd.conf', 'w') as f:
            f.write(conf)
        self.process = subprocess.Popen([NSD, '-d', '-c', folder + '/nsd.conf'], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.wait(next(iter(zones)))

    def wait(self, origin):
        """Until it answers: each try waits for a reply or for the port's refusal."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(0.2)
                s.connect(('127.0.0.1', self.port))
                try:
                    s.send(query(origin, 6))
                    s.recv(4096)
                    return
                except (socket.timeout, ConnectionRefusedError):
                    self.process.poll()
        raise OSError('nsd does not answer: ' + open(self.folder + '/log').read() if os.path.exists(self.folder + '/log') else 'nsd')

    @property
    def address(self):
        return '127.0.0.1#%d' % self.port

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()

def qname(wire):
    labels, at = [], 12
    while wire[at]:
        labels.append(wire[at + 1:at + 1 + wire[at]].decode('latin-1'))
        at += wire[at] + 1
    return '.'.join(labels).lower(), struct.unpack('>H', wire[at + 1:at + 3])[0]

class Front:
    """Passes questions on to BACK by UDP and TCP and counts them; names with the label "slow" get no answer, "garbage" noise."""
    def __init__(self, back):
        self.back, self.port, self.asked = back, free_port(), []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.udp.bind(('127.0.0.1', self.port))
        self.tcp.bind(('127.0.0.1', self.port))
        self.tcp.listen(64)
        threading.Thread(target=self.serve_udp, daemon=True).start()
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    @property
    def address(self):
        return '127.0.0.1#%d' % self.port

    def serve_udp(self):
        while True:
            wire, peer = self.udp.recvfrom(65535)
            threading.Thread(target=self.answer_udp, args=(wire, peer), daemon=True).start()

    def answer_udp(self, wire, peer):
        name, qtype = qname(wire)
        self.asked.append((name, qtype, 'udp'))
        if 'slow' in name.split('.'):
            return
        if 'garbage' in name.split('.'):
            self.udp.sendto(wire[:2] + b'\xff' * 7, peer)
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(20)
            s.connect(('127.0.0.1', self.back))
            try:
                s.send(wire)
                self.udp.sendto(s.recv(65535), peer)
            except (socket.timeout, ConnectionRefusedError):
                pass

    def serve_tcp(self):
        while True:
            conn, _ = self.tcp.accept()
            threading.Thread(target=self.answer_tcp, args=(conn,), daemon=True).start()

    def answer_tcp(self, conn):
        with conn, socket.create_connection(('127.0.0.1', self.back), timeout=20) as back:
            data = self.read(conn, 2)
            wire = self.read(conn, struct.unpack('>H', data)[0])
            self.asked.append(qname(wire) + ('tcp',))
            back.sendall(data + wire)
            size = self.read(back, 2)
            conn.sendall(size + self.read(back, struct.unpack('>H', size)[0]))

    @staticmethod
    def read(sock, want):
        out = b''
        while len(out) < want:
            got = sock.recv(want - len(out))
            if not got:
                break
            out += got
        return out
