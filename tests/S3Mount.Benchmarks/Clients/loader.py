"""One epoch of torchvision's ImageFolder through PyTorch's DataLoader. Speaks as ClientProgram does; argument: a workload in JSON."""
import json
import os
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Subset
from torchvision import transforms
from torchvision.datasets import ImageFolder

BATCH = 64
RESIZE = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])


def read(path):
    with open(path, "rb") as file:
        return len(file.read())


def decode(path):
    with open(path, "rb") as file:
        return RESIZE(Image.open(file).convert("RGB")), os.fstat(file.fileno()).st_size


def main():
    workload = json.loads(sys.argv[1])
    root = workload["root"]
    with open(workload["plan"], encoding="utf-8") as plan:
        planned = {os.path.join(root, line.split("\t")[0]) for line in plan}
    torch.set_num_threads(1)
    images = ImageFolder(os.path.join(root, workload["prefix"]), loader=decode if workload["decodes"] else read)
    chosen = Subset(images, [i for i, (path, _) in enumerate(images.samples) if path in planned])
    print("READY", flush=True)
    for _ in sys.stdin:
        generator = torch.Generator().manual_seed(1)
        start = time.monotonic()
        files = total = 0
        for sample, _ in DataLoader(chosen, batch_size=BATCH, shuffle=True, generator=generator, num_workers=workload["threads"]):
            sizes = sample[1] if workload["decodes"] else sample
            files += len(sizes)
            total += int(sizes.sum())
        seconds = time.monotonic() - start
        print(json.dumps({"seconds": seconds, "files": files, "bytes": total, "medianMicroseconds": 0}), flush=True)


main()
