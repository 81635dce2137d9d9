"""Section 3.5, exercise 5: three epochs for every size, as the book trains, and a plot on plain axes."""

from d2l import torch as d2l


def estimation_errors(sizes, w, b):
    w_errors, b_errors = [], []
    for n in sizes:
        data = d2l.SyntheticRegressionData(w, b, num_train=n, num_val=0)
        model = d2l.LinearRegression(lr=0.03)
        d2l.Trainer(max_epochs=3).fit(model, data)
        w_hat, b_hat = model.get_w_b()
        w_errors.append((w - w_hat.reshape(w.shape)).abs().max().item())
        b_errors.append((b - b_hat).abs().item())
    return w_errors, b_errors


def plot_estimation_errors(sizes, w_errors, b_errors):
    fig, ax = d2l.plt.subplots()
    ax.plot(sizes, w_errors, label="w")
    ax.plot(sizes, b_errors, label="b")
    ax.legend()
    return ax
