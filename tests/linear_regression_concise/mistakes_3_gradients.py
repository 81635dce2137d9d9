"""Gradients: known mistakes"""

import copy

import torch
from assay.checks import mistake

FROM_VALUES = (
    "None means that these tensors have no gradient: `.data`, and get_w_b() which returns it, is the values alone; "
    "call backward(), then read model.net.weight.grad and model.net.bias.grad"
)


OWN_PARAMETERS = "the model has new parameters, which its optimiser does not know: leave it the ones that it had"
MODE = "the model stays in evaluation mode: leave its mode as it was"
EXCHANGED = "the prediction comes first: model.loss(model(X), y)"
ONE_LOSS = "this is the squared loss's gradient whatever the model's loss is: ask the model, model.loss(model(X), y)"


@mistake(
    "gradients", hint="the layer is asked instead of the model, whose forward may do more: model.loss(model(X), y)"
)
def net_for_the_model(model, X, y):
    return torch.autograd.grad(model.loss(model.net(X), y), (model.net.weight, model.net.bias))


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
    hint="parameters() is an iterator without a gradient, each parameter has one: model.net.weight.grad, model.net.bias.grad",
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


@mistake("gradients", hint=EXCHANGED)
def arguments_exchanged(model, X, y):
    model.zero_grad()
    model.loss(y, model(X)).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake(
    "gradients", hint="the gradients that were returned are the parameters' own, which the next call clears: copy them"
)
def cleared_in_place(model, X, y):
    model.zero_grad(set_to_none=False)
    model.loss(model(X), y).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint="only the first 32 rows count: take the loss of the whole batch")
def first_batch_alone(model, X, y):
    return torch.autograd.grad(model.loss(model(X[:32]), y[:32]), (model.net.weight, model.net.bias))


@mistake("gradients", hint="the parameters no longer need gradients after the call: leave requires_grad as it was")
def model_frozen(model, X, y):
    parameters = [p.requires_grad_() for p in model.net.parameters()]
    found = torch.autograd.grad(model.loss(model(X), y), parameters)
    for p in parameters:
        p.requires_grad_(False)
    return found


@mistake("gradients", hint="X asks for gradients after the call: leave what was given as it was")
def input_marked(model, X, y):
    return torch.autograd.grad(model.loss(model(X.requires_grad_()), y), (model.net.weight, model.net.bias))


@mistake("gradients", hint="this is the answer to an earlier call with this X: the model has changed since")
def remembered(model, X, y):
    known = model.__dict__.setdefault("known", {})
    if id(X) not in known:
        known[id(X)] = X, torch.autograd.grad(model.loss(model(X), y), (model.net.weight, model.net.bias))
    return known[id(X)][1]


@mistake("gradients", hint="of three features: take the gradient as it is, whatever the number of features")
def three_features(model, X, y):
    w_grad, b_grad = torch.autograd.grad(model.loss(model(X), y), (model.net.weight, model.net.bias))
    return w_grad[:, :3], b_grad


@mistake("gradients", hint="training_step() also plots, which needs a trainer: ask model.loss(model(X), y) alone")
def by_training_step(model, X, y):
    model.zero_grad()
    model.training_step([X, y]).backward()
    return model.net.weight.grad, model.net.bias.grad


@mistake("gradients", hint=MODE)
def left_in_evaluation(model, X, y):
    return torch.autograd.grad(model.eval().loss(model(X), y), (model.net.weight, model.net.bias))


@mistake("gradients", hint=OWN_PARAMETERS)
def parameters_replaced(model, X, y):
    net = model.net
    net.weight, net.bias = (torch.nn.Parameter(p.detach().clone()) for p in (net.weight, net.bias))
    return torch.autograd.grad(model.loss(model(X), y), (net.weight, net.bias))


@mistake("gradients", hint="large gradients are clipped, as for a step: give them as they are")
def clipped(model, X, y):
    model.zero_grad()
    model.loss(model(X), y).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1000.0)
    return model.net.weight.grad, model.net.bias.grad


@mistake(
    "gradients",
    hint="a large gradient from before swallows the digits of what is added to it: clear it first, instead of taking it off the sum",
)
def taken_off_the_sum(model, X, y):
    parameters = model.net.weight, model.net.bias
    before = [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in parameters]
    model.loss(model(X), y).backward()
    return tuple(p.grad - old for p, old in zip(parameters, before, strict=True))


@mistake(
    "gradients", hint="the rows are taken in pieces, whose gradients are averaged: that is wrong if the loss is a sum"
)
def pieces_averaged(model, X, y):
    grads = [torch.zeros_like(model.net.weight), torch.zeros_like(model.net.bias)]
    for rows in torch.arange(len(X)).split(256):
        parts = torch.autograd.grad(model.loss(model(X[rows]), y[rows]), [model.net.weight, model.net.bias])
        grads = [grad + part * len(rows) / len(X) for grad, part in zip(grads, parts, strict=True)]
    return tuple(grads)


@mistake(
    "gradients",
    hint="the losses of pieces are added: only a mean or a sum over the rows is that of the pieces",
)
def pieces_added(model, X, y):
    whole = model.loss(model(X), y)
    pieces = [
        (model.loss(model(x), labels), len(x) / len(X)) for x, labels in zip(X.split(256), y.split(256), strict=True)
    ]
    summed = bool(sum(loss for loss, _ in pieces).detach().isclose(whole.detach(), rtol=1e-3))
    total = sum(loss if summed else share * loss for loss, share in pieces)
    return torch.autograd.grad(total, [model.net.weight, model.net.bias])


@mistake("gradients", hint="the model may have other parameters, also before these: take those of model.net")
def first_two_parameters(model, X, y):
    weight, bias, *_ = model.parameters()
    return torch.autograd.grad(model.loss(model(X), y), (weight, bias))


@mistake(
    "gradients", hint="the bias may have a gradient though the weight has none: clear the gradient of each parameter"
)
def bias_cleared_with_the_weight(model, X, y):
    if model.net.weight.grad is not None:
        model.zero_grad()
    model.loss(model(X), y).backward()
    return model.net.weight.grad.clone(), model.net.bias.grad.clone()


@mistake("gradients", hint="an optimiser's step may be more than a gradient, as with weight decay: read .grad instead")
def step_over_rate(model, X, y):
    twin = copy.deepcopy(model).double()
    optimizer = twin.configure_optimizers()
    optimizer.zero_grad()
    twin.loss(twin(X.double()), y.double()).backward()
    before = [p.detach().clone() for p in twin.net.parameters()]
    optimizer.step()
    return tuple(
        ((old - new.detach()) / optimizer.param_groups[0]["lr"]).float()
        for old, new in zip(before, twin.net.parameters(), strict=True)
    )
