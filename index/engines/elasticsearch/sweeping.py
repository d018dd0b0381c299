"""Clear away indexes nobody needs any more: replaced ones, remains of builds, those of other versions."""

import time

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.indexes import Listed, listed, remove, remove_template

GRACE = 600.0
"""Seconds a replaced index stays for those who still read it, and a build that gives no sign of life: longer
than any search or page takes."""

UNFOLLOWED = 7 * 86_400.0
"""Seconds until the index of another version of hubsearch counts as left: after an upgrade there is a week to
go back. One that is as far as ours is still followed, however long nothing changed."""


def sweep(cluster: Cluster) -> list[str]:
    """Remove what is over; the names of what was removed. Call it as often as you like."""
    every = listed(cluster)
    ours = max((one.meta.watermark for one in every if _is_visible(one, cluster) and one.meta), default=0)
    now = time.time()
    over = [one for one in every if _is_over(one, cluster, ours, now)]
    for one in over:
        remove(cluster, one.index)
    kept = {one.version for one in every if one not in over} | {cluster.names.version}
    for version in {one.version for one in over} - kept:
        remove_template(cluster, version)
    return [one.index for one in over]


def _is_visible(one: Listed, cluster: Cluster) -> bool:
    return one.version == cluster.names.version and cluster.names.read in one.aliases


def _is_over(one: Listed, cluster: Cluster, ours: int, now: float) -> bool:
    if one.meta is None:
        return False  # not made by hubsearch, whatever it is called
    quiet = now - one.meta.touched
    if cluster.names.with_version(one.version).read not in one.aliases:
        return quiet > GRACE
    return one.version != cluster.names.version and one.meta.watermark < ours and quiet > UNFOLLOWED
