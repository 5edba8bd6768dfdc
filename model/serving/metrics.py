from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("model_requests", "Invocations answered.", ["status"])
IMAGES = Counter("model_images", "Images drawn.")
STEPS = Counter("model_steps", "Denoising steps done, counted once per image.")
CANCELLED = Counter("model_cancelled", "Drawings whose client went away before the answer.")
HALVED = Counter("model_halved_batches", "Batches that ran out of memory and were halved.")
JOINS = Counter("model_joins", "Drawings that joined a batch that was running.")
TEXTS = Counter("model_texts", "Texts needed, by whether their embedding was kept.", ["kept"])
STEP_IMAGES = Histogram(
    "model_step_images",
    "Images that share a denoising step; of other pipelines, a call.",
    buckets=(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64),
)
STEP_SECONDS = Histogram(
    "model_step_seconds",
    "Time from step to step; of other pipelines, of a call.",
    buckets=(0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
)
ACTIVE = Gauge("model_active", "Images being drawn.")
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
