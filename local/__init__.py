"""Deep-Story on one machine: the embedded cloud, the gateway and their orchestrator."""
