"""imagefolder.py MOUNTED LOCAL WORKERS EPOCHS: trains, so to speak, from both: torchvision's ImageFolder on the mount must name the same
classes and samples in the same order as on a local copy, and every sample of every shuffled epoch must hold the same bytes."""
import hashlib
import io
import os
import sys

import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

mounted, local, workers, epochs = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
to_tensor = transforms.Compose([transforms.Resize((32, 32)), transforms.ToTensor()])


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    return path, hashlib.sha256(data).hexdigest(), to_tensor(Image.open(io.BytesIO(data)).convert("RGB"))


def main():
    reference = ImageFolder(local)
    dataset = ImageFolder(mounted, loader=load)
    assert dataset.classes == reference.classes
    assert dataset.class_to_idx == reference.class_to_idx
    names = [(os.path.relpath(path, mounted), target) for path, target in dataset.samples]
    assert names == [(os.path.relpath(path, local), target) for path, target in reference.samples]
    digests = {}
    for path, target in reference.samples:
        with open(path, "rb") as file:
            digests[os.path.relpath(path, local)] = (hashlib.sha256(file.read()).hexdigest(), target)

    torch.manual_seed(7)
    loader = DataLoader(dataset, batch_size=64, shuffle=True, num_workers=workers)
    orders = []
    for epoch in range(epochs):
        order = []
        for (paths, hashes, pictures), targets in loader:
            assert pictures.shape[1:] == (3, 32, 32) and bool(torch.isfinite(pictures).all())
            for path, digest, target in zip(paths, hashes, targets.tolist()):
                name = os.path.relpath(path, mounted)
                assert digests[name] == (digest, target), name
                order.append(name)
        assert sorted(order) == sorted(digests), "an epoch is every sample once"
        orders.append(order)
    assert all(order != orders[0] for order in orders[1:]), "it was not shuffled"
    print(f"{len(dataset.classes)} classes, {len(names)} samples, {epochs} epochs")


main()
