"""Decodes every JPEG under a directory and prints its name, size and mean colour."""
import os
import sys

from PIL import Image, ImageStat

for directory, directories, files in sorted(os.walk(sys.argv[1])):
    for file in sorted(files):
        image = Image.open(os.path.join(directory, file))
        image.load()
        red, green, blue = ImageStat.Stat(image.convert('RGB')).mean
        print(os.path.relpath(os.path.join(directory, file), sys.argv[1]), image.format, *image.size, round(red), round(green), round(blue))
