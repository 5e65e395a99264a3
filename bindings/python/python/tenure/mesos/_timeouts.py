"""The session timeouts of Mesos."""

MASTER_CONTENDER_ZK_SESSION_TIMEOUT: float = 10.0
"""The session timeout of :meth:`MasterContender.create` by default, as in Mesos (seconds)."""

MASTER_DETECTOR_ZK_SESSION_TIMEOUT: float = 10.0
"""The session timeout of :meth:`MasterDetector.create` by default, as in Mesos (seconds)."""
