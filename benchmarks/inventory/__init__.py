"""What the benchmark of cloud inventories needs beside itself."""
