"""Secret diaries: what two friends write for each other and nobody else."""
