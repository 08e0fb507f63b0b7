"""A run's page: one HTML file that shows how a training went, made of what lies in the run's folder."""
