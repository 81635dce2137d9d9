"""Sum or mean: known mistakes"""

import torch
from assay.checks import mistake
from torch.nn import functional as F


@mistake(
    "lr_for_mean_loss", hint="the wrong direction: the mean's gradient is smaller, so its rate is larger; multiply"
)
def divided(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss / batch_size


@mistake(
    "lr_for_mean_loss",
    hint="without the factor the steps differ: the mean's gradient is the sum's divided by the batch size",
)
def same_rate(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss


@mistake("lr_for_mean_loss", hint="the factor is the argument batch_size, not always 32")
def always_32(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss * 32


@mistake("lr_for_mean_loss", hint="32 is not always the batch size, and the direction is wrong: multiply by batch_size")
def divided_by_32(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss / 32


@mistake("lr_for_mean_loss", hint="the factor is the batch size itself, not its square root")
def square_root(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss * batch_size**0.5


@mistake(
    "lr_for_mean_loss", hint="both losses are without the half: the factor is the batch size alone, not half of it"
)
def half_the_factor(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss * batch_size / 2


@mistake("LinearRegressionSum.loss", hint="this is the mean: sum the squared residuals, reduction='sum'")
def mean_for_sum(self, y_hat, y):
    return F.mse_loss(y_hat, y)


@mistake("LinearRegressionSum.loss", hint="the half of section 3.4 does not belong here: sum (y_hat - y)²")
def half(self, y_hat, y):
    return F.mse_loss(y_hat, y, reduction="sum") / 2


@mistake("LinearRegressionSum.loss", hint="this is one loss for each example: sum them")
def not_reduced(self, y_hat, y):
    return F.mse_loss(y_hat, y, reduction="none")


@mistake("LinearRegressionSum.loss", hint="sum the squares, not the absolute residuals")
def absolute(self, y_hat, y):
    return F.l1_loss(y_hat, y, reduction="sum")


@mistake("LinearRegressionSum.loss", hint="square each residual before the sum: those of opposite sign cancel")
def square_of_the_sum(self, y_hat, y):
    return (y_hat - y).sum() ** 2


@mistake(
    "LinearRegressionSum.configure_optimizers",
    hint="the rate is divided by the batch size already in the optimiser: use self.lr as it is",
)
def rate_adjusted_inside(self):
    return torch.optim.SGD(self.parameters(), self.lr / 32)


@mistake(
    "LinearRegressionSum.configure_optimizers",
    hint="the bias is never updated: give the optimiser self.parameters(), which has both",
)
def bias_left_out(self):
    return torch.optim.SGD([self.net.weight], self.lr)


@mistake("LinearRegressionSum.loss", hint="only the first 32 examples count: sum over all that are given")
def first_batch_alone(self, y_hat, y):
    return F.mse_loss(y_hat[:32], y[:32], reduction="sum")


@mistake("LinearRegressionSum.loss", hint="the losses of earlier calls are added: start each sum at zero")
def sums_add_up(self, y_hat, y):
    earlier = self.__dict__.get("total", 0.0)
    self.__dict__["total"] = earlier + float(F.mse_loss(y_hat, y, reduction="sum").detach())
    return F.mse_loss(y_hat, y, reduction="sum") + earlier


@mistake("lr_for_mean_loss", hint="the factor is the batch size itself, however large")
def at_most_256(lr_for_summed_loss, batch_size):
    return lr_for_summed_loss * min(batch_size, 256)


@mistake("LinearRegressionSum.loss", hint="in evaluation mode this is the mean: the loss is the sum in both modes")
def mean_in_evaluation(self, y_hat, y):
    return F.mse_loss(y_hat, y, reduction="sum" if self.training else "mean")


@mistake(
    "LinearRegressionSum.configure_optimizers", hint="a rate below 1e-4 is replaced by another: use self.lr as it is"
)
def rate_of_at_least_1e_4(self):
    return torch.optim.SGD(self.parameters(), max(self.lr, 1e-4))


@mistake("LinearRegressionSum.configure_optimizers", hint="the trainer clips gradients then, which makes steps shorter")
def clipped_by_the_trainer(self):
    if hasattr(self, "trainer"):
        self.trainer.gradient_clip_val = 100
    return torch.optim.SGD(self.parameters(), self.lr)


@mistake(
    "LinearRegressionSum.get_w_b", hint="get_w_b() gives the weight as (1, d) and the bias as (1,), as in exercise 0"
)
def flat_parameters(self):
    return self.net.weight.detach().flatten(), self.net.bias.detach()[0]
