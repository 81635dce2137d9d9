"""The library under the name by which the book imports it: `from d2l import torch as d2l`."""

import collections
import inspect
import math
import random
import time

import numpy as np
import torch  # noqa: F401 - `d2l.torch.float32` is written too
from torch import nn
from torch.nn import functional as F

from d2l import aliases
from d2l.aliases import *  # noqa: F403
from d2l.board import ProgressBoard
from d2l.data import DataModule, SyntheticRegressionData, TensorData, load_array, synthetic_data
from d2l.doubled import DoubledRegression
from d2l.elementwise import Elementwise
from d2l.figure import plot, plt, set_axes, set_figsize, use_svg_display
from d2l.hyperparameters import HyperParameters, add_to_class
from d2l.linear import SGD, LinearRegression, LinearRegressionScratch, LinearRegressScratch, linreg, sgd, squared_loss
from d2l.module import Module
from d2l.reordered import ReorderedData
from d2l.trainer import Trainer

nn_Module = nn.Module  # noqa: N816 - the book's name

__all__ = [  # noqa: PLE0604 - the aliases are texts too
    *aliases.__all__,
    "SGD",
    "DataModule",
    "DoubledRegression",
    "Elementwise",
    "F",
    "HyperParameters",
    "LinearRegressScratch",
    "LinearRegression",
    "LinearRegressionScratch",
    "Module",
    "ProgressBoard",
    "ReorderedData",
    "SyntheticRegressionData",
    "TensorData",
    "Trainer",
    "add_to_class",
    "collections",
    "inspect",
    "linreg",
    "load_array",
    "math",
    "nn",
    "nn_Module",
    "np",
    "plot",
    "plt",
    "random",
    "set_axes",
    "set_figsize",
    "sgd",
    "squared_loss",
    "synthetic_data",
    "time",
    "use_svg_display",
]
