# small_router_run.py: a router that opens ports by PCP, NAT-PMP and UPnP: only what clients ask of it.
# SPDX-License-Identifier: GPL-3.0-or-later
"""small_router_run.py OPTIONS: writes a line of JSON for all it is asked; nothing is really forwarded."""

import http.server
import ipaddress
import json
import re
import select
import socket
import struct
import sys
import threading
import time

PORT = 5351
SSDP = ("239.255.255.250", 1900)
HTTP_PORT = 5431
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = """<?xml version="1.0"?>{doctype}
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>{name}</friendlyName><UDN>uuid:00000000-0000-0000-0000-000000000001</UDN>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType>
<controlURL>/common</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/c.xml</SCPDURL></service></serviceList>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<serviceList><service><serviceType>{service}</serviceType><controlURL>{control}</controlURL>
<eventSubURL>/e</eventSubURL><SCPDURL>/s.xml</SCPDURL></service></serviceList></device></deviceList></device>
</deviceList></device></root>"""

options = json.loads(sys.argv[1])
external = ipaddress.IPv4Address(options["external"])
started = time.monotonic() - 1000
lock = threading.Lock()


def say(event, **fields):
    with lock:
        print(json.dumps({"event": event, **fields}), flush=True)


def epoch():
    return int(time.monotonic() - started)


def choose(port):
    return 50000 if port in options.get("taken", []) else port


# PCP and NAT-PMP.

def answer_pcp(data, source):
    if len(data) != 60:
        return None
    lifetime, = struct.unpack_from(">I", data, 4)
    client = ipaddress.IPv6Address(data[8:24])
    protocol, internal, wanted = data[36], *struct.unpack_from(">HH", data, 40)
    seen = ipaddress.ip_address(source[0].split("%")[0])
    is_right = client == seen or client.ipv4_mapped == seen
    code = options.get("refuse", 0) if is_right else 12
    port = choose(wanted)
    say("pcp", client=str(seen), protocol=protocol, internal=internal, external=port, lifetime=lifetime,
        code=code, nonce=data[24:36].hex())
    address = client if seen.version == 6 else ipaddress.IPv6Address(f"::ffff:{external}")
    return (struct.pack(">BBxBII12x", 2, 0x81, code, lifetime, epoch()) + data[24:42]
            + struct.pack(">H", port) + address.packed)


def answer_nat_pmp(data):
    opcode = data[1]
    if opcode == 0:
        say("nat_pmp_address")
        return struct.pack(">BBHI", 0, 128, 0, epoch()) + external.packed
    internal, wanted, lifetime = struct.unpack_from(">HHI", data, 4)
    code, port = options.get("refuse", 0), choose(wanted) if lifetime else 0
    say("nat_pmp", protocol=17 if opcode == 1 else 6, internal=internal, external=port, lifetime=lifetime, code=code)
    return struct.pack(">BBHIHHI", 0, 128 + opcode, code, epoch(), internal, port, lifetime)


def answer_datagram(data, source):
    if data[0] == 2 and options.get("pcp"):
        return answer_pcp(data, source)
    if data[0] == 0 and options.get("nat_pmp"):
        return answer_nat_pmp(data)
    say("unknown_version", version=data[0])
    return struct.pack(">BBHI", 0, 128 + (data[1] & 0x7f), 1, epoch())


def serve_datagrams():
    sockets = []
    for family, any_address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
        try:
            one = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((any_address, PORT))
            sockets.append(one)
        except OSError:
            pass
    while True:
        for one in select.select(sockets, [], [])[0]:
            data, source = one.recvfrom(2000)
            answer = answer_datagram(data, source) if len(data) >= 2 else None
            if answer is not None:
                one.sendto(answer, source)


# UPnP.

class Handler(http.server.BaseHTTPRequestHandler):
    """Descriptions, and actions of SOAP."""

    def log_message(self, *_):
        pass

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", 'text/xml; charset="utf-8"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_badly(self, how):
        """Whether it did; until the visitor leaves."""
        if how == "redirect":
            self.send_response(307)
            self.send_header("Location", "/secret")
            self.end_headers()
        elif how is not None:
            self.close_connection = True
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"<a>a</a>" * 8192 if how == "endless" else b"<")
                    time.sleep(0 if how == "endless" else 1)
            except OSError:
                pass
        return how is not None

    def do_GET(self):  # pylint: disable=invalid-name
        say("description", path=self.path)
        if self.answer_badly(options.get("description_is")):
            return
        name = options.get("name", "Small router") * options.get("times", 1)
        self.answer(200, DESCRIPTION.format(service=SERVICE, control=options.get("control", "/control"), name=name,
                                            doctype=options.get("doctype", "")))

    def fail(self, code):
        self.answer(500, '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
                         "<faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
                         '<UPnPError xmlns="urn:schemas-upnp-org:control-1-0">'
                         f"<errorCode>{code}</errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>")

    def reply(self, action, **values):
        fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
        self.answer(200, '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                         f'<u:{action}Response xmlns:u="{SERVICE}">{fields}</u:{action}Response>'
                         "</s:Body></s:Envelope>")

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.answer_badly(options.get("action_is")):
            return
        action = self.headers["SOAPAction"].strip('"').split("#")[1]
        fields = dict(re.findall(r"<(New\w+)>([^<]*)</", body))
        if action == "GetStatusInfo":
            self.reply(action, NewConnectionStatus="Connected", NewLastConnectionError="ERROR_NONE", NewUptime=1)
        elif action == "GetExternalIPAddress":
            self.reply(action, NewExternalIPAddress=external)
        else:
            self.act(action, fields)

    def act(self, action, fields):
        port, lifetime = int(fields["NewExternalPort"]), int(fields.get("NewLeaseDuration", 0))
        code = options.get("upnp_refuse", 0)
        if action == "AddPortMapping" and code == 0:
            if port in options.get("taken", []):
                code = 718
            elif options.get("permanent") and lifetime != 0:
                code = 725
        say(action, protocol=fields["NewProtocol"], external=port, lifetime=lifetime, code=code,
            internal=fields.get("NewInternalPort"), client=fields.get("NewInternalClient"))
        if code != 0:
            self.fail(code)
        else:
            self.reply(action)


def serve_searches():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(SSDP)
    one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                   socket.inet_aton(SSDP[0]) + socket.inet_aton(options["address"]))
    while True:
        data, source = one.recvfrom(2000)
        wanted = re.search(rb"(?im)^ST:\s*(.*?)\s*$", data)
        say("search", source=source[0], wanted=wanted[1].decode() if wanted else None)
        if options.get("upnp") and wanted and wanted[1].endswith(b"InternetGatewayDevice:1"):
            location = options.get("location", f"http://{options['address']}:{HTTP_PORT}/root.xml")
            one.sendto(f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: {wanted[1].decode()}\r\n"
                       f"USN: uuid:1::{wanted[1].decode()}\r\nEXT:\r\nSERVER: small/1 UPnP/1.1\r\n"
                       f"LOCATION: {location}\r\n\r\n".encode(), source)


def main():
    server = http.server.ThreadingHTTPServer((options["address"], HTTP_PORT), Handler)
    for serve in (server.serve_forever, serve_searches, serve_datagrams):
        threading.Thread(target=serve, daemon=True).start()
    say("ready")
    threading.Event().wait()


main()
