"""A source that points inside the hub's own network, by every way in which an address can be named.

    python -m benchmarks.faults.ssrf

Listeners on 127.0.0.1 and ::1 count who connects; the recorder writes down every connection at the socket.
Prints one JSON object; exit status 1 when anything but the portal itself was connected to, or a run crashed.
"""

import argparse
import json
import resource
import sys
import time

from tests.egress.ssrf import assault


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    begun = time.monotonic()
    result = assault(whole=True)
    crashed = {
        way: [one["reason"] for one in outcomes if one["slug"] == "crashed"]
        for way, outcomes in result.outcomes.items()
    }
    figures = {
        "targets": result.targets,
        "ways": len(result.slugs),
        "runs": result.runs,
        "refused_by_the_entry": result.refused_entries,
        "connections_to_the_portal": result.connections - len(result.strayed),
        "connections_elsewhere": result.strayed,
        "canary_hits": result.canary_hits,
        "crashed": {way: reasons for way, reasons in crashed.items() if reasons},
        "ends": result.slugs,
        "seconds": round(time.monotonic() - begun, 1),
        "cpu_seconds": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, 1),
    }
    print(json.dumps(figures, indent=2))
    broken = result.canary_hits or result.strayed or figures["crashed"]
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
