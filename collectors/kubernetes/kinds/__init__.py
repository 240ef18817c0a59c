"""The kinds of object that are listed, by what they tell: machines, workloads, volumes, traffic, and what lies outside."""
