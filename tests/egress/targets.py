"""Addresses a source may name to make the hub ask somewhere it must not. `{port}` is a listening canary's,
`{own}` the portal's own. Names ending in `.test` are played by `NAMES`."""

NAMES: dict[str, list[str]] = {
    "loop.test": ["127.0.0.1"],
    "loop6.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "several.test": ["169.254.169.254", "10.0.0.1", "127.0.0.1", "::1"],
    "metadata.test": ["169.254.169.254"],
    "unspecified.test": ["0.0.0.0"],
    "inside.test": ["192.168.0.10", "fd12::1"],
}

LOOPBACK = (
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "0177.0.0.1", "0177.0.0.01"),
    *("0x7f.0.0.1", "0x7f000001", "0X7F.1", "2130706433", "017700000001", "00000177.1", "0.0.0.0", "0"),
    *("localhost", "localhost.", "LOCALHOST", "LocalHost.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::80ff:fffe]", "[2600::5efe:7f00:1]"),
    *("[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]", "[fec0::1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "ⓛocalhost"),
    *("%31%32%37.0.0.1", "127.0.0.1%00.good.test", "127.0.0.1%20.good.test", "user:pass@127.0.0.1"),
    *("good.test@127.0.0.1", "good.test:80@127.0.0.1", "127.0.0.1\\@good.test", "good.test\\@127.0.0.1"),
    *("good.test%40127.0.0.1", "loop.test", "LOOP.test.", "loop6.test", "mapped.test", "several.test"),
    *("metadata.test", "unspecified.test", "inside.test"),
)
"""Hosts, each asked at a canary's port."""

ELSEWHERE = (
    *("http://10.0.0.1/", "http://172.16.0.1:8080/", "http://192.168.0.1/", "http://100.64.0.1/"),
    *("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/", "http://2852039166/"),
    *("http://0xa9fea9fe/", "http://[::ffff:a9fe:a9fe]/", "http://100.100.100.200/", "http://192.0.0.192/"),
    *("http://168.63.129.16/", "http://255.255.255.255/", "http://224.0.0.1/", "http://[ff02::1]/"),
    *("http://198.18.0.1/", "http://192.88.99.1/", "http://240.0.0.1/", "http://[fc00::1]/"),
    *("http://127.0.0.1:22/", "http://127.0.0.1:0/", "http://127.0.0.1:6000/", "https://127.0.0.1:{port}/"),
    *("http://localhost:{own}/", "http://127.0.0.1.:{port}/x#@good.test", "http://[::1]:{own}/"),
    *(
        "http:///127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/",
        "http:\\\\127.0.0.1:{port}\\",
        "//127.0.0.1:{port}/",
    ),
    *(
        "\\\\127.0.0.1:{port}/",
        " http://127.0.0.1:{port}/ ",
        "http://127.0.0.1:{port}\t/",
        "HTTP://127.1:{port}",
    ),
    *(
        "file:///etc/passwd",
        "file://127.0.0.1/etc/passwd",
        "ftp://127.0.0.1:{port}/",
        "data:application/json,[]",
    ),
    *("gopher://127.0.0.1:{port}/_GET%20/", "dict://127.0.0.1:{port}/info", "s3://127.0.0.1/key"),
    *("jar:http://127.0.0.1:{port}/x!/", "ldap://127.0.0.1:{port}/", "unix:///var/run/docker.sock"),
    *("http+unix://%2Fvar%2Frun%2Fdocker.sock/", "javascript:location='http://127.0.0.1:{port}/'"),
)


def targets(port: int, own: int) -> list[str]:
    """All of them, whole."""
    hosts = [f"http://{host}:{{port}}/" for host in LOOPBACK]
    return [text.replace("{port}", str(port)).replace("{own}", str(own)) for text in (*hosts, *ELSEWHERE)]
