"""Scrapy's settings, each on purpose. The flow of a request is the ordered list of middlewares."""

from typing import Any

from harvesters.portal import Portal

MIDDLEWARES: dict[str, int] = {
    # on the way out, top down; on the way back, bottom up
    "harvesters.robots.RobotsGate": 100,
    "harvesters.breaker.CircuitBreaker": 400,
    "harvesters.retry.PatientRetry": 500,
    "harvesters.redirects.Redirects": 600,
    "harvesters.conditional.OnlyIfChanged": 900,
    # Scrapy's: what a request says of itself
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 950,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 960,
}


def scrapy_settings(portal: Portal, user_agent: str) -> dict[str, Any]:
    """The settings of one run. Throttling is for other people's servers: `allow_private` has none."""
    return {
        "USER_AGENT": user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "gzip"},
        "DOWNLOAD_HANDLERS": {
            "http": "harvesters.transport.StreamingHandler",
            "https": "harvesters.transport.StreamingHandler",
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        # Scrapy's own parts are named here or are not there. One that is disabled by name is imported all the
        # same: that took a quarter of a child's time.
        "DOWNLOADER_MIDDLEWARES_BASE": MIDDLEWARES,
        "SPIDER_MIDDLEWARES_BASE": {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25},
        "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # one request at a time to a host, slower when the host is slow
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "AUTOTHROTTLE_ENABLED": not portal.allow_private,
        "AUTOTHROTTLE_START_DELAY": 0.5,
        "AUTOTHROTTLE_MAX_DELAY": 30,
        "LOG_LEVEL": "INFO",
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
    }
