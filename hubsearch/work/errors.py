"""What can keep a worker from working."""


class WorkerRefused(Exception):
    """This worker may not run, or may no longer; the message says why and what to do."""
