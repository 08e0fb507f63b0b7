"""What the tasks of ms_gan.tasks train, with MindSpore: one room each.

Such a room has `build(config, data, workers)`, which gives a System and its Inputs, and `Showcase`.
"""
