from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("model_requests", "Invocations answered.", ["status"])
IMAGES = Counter("model_images", "Images drawn.")
STEPS = Counter("model_steps", "Denoising steps done, counted once per image.")
CANCELLED = Counter("model_cancelled", "Drawings whose client went away before the answer.")
HALVED = Counter("model_halved_batches", "Batches that ran out of memory and were halved.")
BATCH_IMAGES = Histogram(
    "model_batch_images", "Images per batch.", buckets=(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
)
BATCH_SECONDS = Histogram(
    "model_batch_seconds",
    "Time the device spent on a batch.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120),
)
WAITING = Gauge("model_waiting", "Drawings in the queue.")
FAST = Gauge("model_fast_runtime", "1 while OpenVINO runs the networks instead of PyTorch.")
COMPILED = Gauge("model_compiled_buckets", "Static shapes whose compiled networks are in use.")
WANTED = Gauge("model_compiled_buckets_wanted", "Static shapes to be compiled in all.")
REFUSED = Counter("model_compiled_refused", "Static shapes given up, and recordings that failed.")
CALLS = Counter(
    "model_network_calls", "Calls of the large networks, by what ran them.", ["network", "path"]
)
PADDED = Counter("model_padded_rows", "Rows computed only to fill a static shape.")
READY = Gauge("model_ready", "1 while loaded, warmed and taking drawings.")
