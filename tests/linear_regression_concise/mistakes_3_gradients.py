"""Gradients: typical mistakes"""

import torch
from assay.checks import mistake

FROM_VALUES = (
    "None means that these tensors have no gradient: `.data`, and get_w_b() which returns it, is the values alone; "
    "call backward(), then read model.net.weight.grad and model.net.bias.grad"
)


ONE_LOSS = "this is the squared loss's gradient whatever the model's loss is: ask the model, model.loss(model(X), y)"


@mistake("gradients", hint=FROM_VALUES)
def from_data(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.data.grad, model.net.bias.data.grad


@mistake("gradients", hint=FROM_VALUES)
def from_get_w_b(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    w, b = model.get_w_b()
    return w.grad, b.grad


@mistake("gradients", hint=FROM_VALUES)
def no_backward(model, X, y):
    model.zero_grad()
    model.loss(model(X), y)
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are the values of the parameters: a gradient is in .grad, model.net.weight.grad")
def values(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.get_w_b()


@mistake(
    "gradients",
    hint="the gradients are cleared before they are returned: clear them first, or return copies, p.grad.clone()",
)
def cleared_too_early(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    found = model.net.weight.grad, model.net.bias.grad
    model.zero_grad(set_to_none=False)
    return found


@mistake(
    "gradients",
    hint="parameters() is an iterator and has no gradient, its items have: [p.grad for p in model.parameters()]",
)
def from_parameters(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.parameters().grad


@mistake("gradients", hint="net is a layer and has no gradient, its weight and bias have: model.net.weight.grad")
def from_the_layer(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.grad


@mistake(
    "gradients",
    hint="backward() adds to the gradients that are there: call model.zero_grad() before it",
)
def gradients_add_up(model, X, y):
    model.loss(model(X), y).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are gradients of an earlier batch: call backward() on this one's loss")
def left_over(model, X, y):
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint=ONE_LOSS)
def by_formula(model, X, y):
    w, b = model.net.weight.data, model.net.bias.data
    residual = X @ w.T + b - y
    return 2 * residual.T @ X / len(X), 2 * residual.mean(0)


@mistake("gradients", hint=ONE_LOSS)
def always_squared(model, X, y):
    model.zero_grad()
    torch.nn.functional.mse_loss(model(X), y).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are the gradients of section 3.4's loss, half of this model's: call model.loss")
def halved(model, X, y):
    model.zero_grad()
    (model.loss(model(X), y) / 2).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="these are summed over the batch: take the model's loss as it is")
def summed(model, X, y):
    model.zero_grad()
    (model.loss(model(X), y) * len(X)).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="a step is taken, which changes the model: backward() is enough")
def step_taken(model, X, y):
    optimizer = model.configure_optimizers()
    optimizer.zero_grad()
    model.loss(model(X), y).backward()
    optimizer.step()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="the model's gradients are of its parameters, not of the input X")
def of_the_input(model, X, y):
    X = X.clone().requires_grad_()
    model.loss(model(X), y).backward()
    return X.grad, model.net.bias.grad


@mistake("gradients", hint="weight first, then bias")
def bias_first(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.bias.grad, model.net.weight.grad


@mistake("gradients", hint="a gradient has the shape of its parameter: (1, d) for the weight, as it comes")
def flattened(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.grad.flatten(), model.net.bias.grad


@mistake("gradients", hint="a gradient has the shape of its parameter: (1, d) for the weight, not (d, 1)")
def transposed(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.grad.T, model.net.bias.grad
