"""One epoch of torchvision's ImageFolder through PyTorch's DataLoader. Speaks as ClientProgram does; argument: a workload in JSON."""
import json
import os
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, RandomSampler, Subset
from torchvision import transforms
from torchvision.datasets import ImageFolder

import s3mount_hints

BATCH = 64
RESIZE = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])


def read(path):
    with open(path, "rb") as file:
        return len(file.read())


def decode(path):
    with open(path, "rb") as file:
        return RESIZE(Image.open(file).convert("RGB")), os.fstat(file.fileno()).st_size


def list_images(workload, planned):
    images = ImageFolder(os.path.join(workload["root"], workload["prefix"]), loader=decode if workload["decodes"] else read)
    return Subset(images, [i for i, (path, _) in enumerate(images.samples) if path in planned])


def loader_of(workload, chosen):
    generator = torch.Generator().manual_seed(workload["seed"])
    sampler = RandomSampler(chosen, generator=generator)
    if workload["hints"]:
        sampler = s3mount_hints.ahead(sampler, chosen)
    return DataLoader(chosen, batch_size=BATCH, sampler=sampler, generator=generator, num_workers=workload["threads"])


def main():
    workload = json.loads(sys.argv[1])
    with open(workload["plan"], encoding="utf-8") as plan:
        planned = {os.path.join(workload["root"], line.split("\t")[0]) for line in plan}
    torch.set_num_threads(1)
    chosen = None if workload["listsInPass"] else list_images(workload, planned)
    print("READY", flush=True)
    for _ in sys.stdin:
        start = time.monotonic()
        files = total = 0
        for sample, _ in loader_of(workload, chosen or list_images(workload, planned)):
            sizes = sample[1] if workload["decodes"] else sample
            files += len(sizes)
            total += int(sizes.sum())
        seconds = time.monotonic() - start
        print(json.dumps({"seconds": seconds, "files": files, "bytes": total, "medianMicroseconds": 0}), flush=True)


main()
