"""A scheduler of a Mesos-like cluster, on asyncio: ``python -m scheduler --master URL``.

It follows the leading master, registers its framework with it, has pretend tasks launched, and takes
messages of the leader alone. The rules of registration are those of ``tenure.mesos.Driver``:
``driver.py`` carries out its outputs, and calls the callbacks of ``framework.py``.
"""
