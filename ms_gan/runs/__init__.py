"""What a run's folder holds; without MindSpore."""
