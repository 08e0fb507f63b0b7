"""CPUs: which kernels they run, and who else uses their cores."""
