"""Discrete-event simulator of the ferry-port checkpoints on the Qiongzhou Strait."""
