"""How good generated images are: one file a metric, from samples over statistics to numbers. Imports no MindSpore."""
